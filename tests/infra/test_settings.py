"""What a stage is made of is read from its file, or nothing is synthesized."""

import json
from pathlib import Path

import pytest

from contracts.schema import ContractError
from infra.contract import contract_of, read_contract
from infra.settings import DEPLOY, Settings, SettingsError, read_settings
from permanence.domain.contract import contract_from_plain

FIELDS = {
    "public_host": "permanence.habitat70.fr",
    "certificate_arn": "arn:aws:acm:eu-west-3:111122223333:certificate/0a1b2c3d",
    "mail_domain": "permanence.habitat70.fr",
    "alarm_mail": "veille@permanence.fr",
}


NUMBERS = {
    "inbound": "+33199000001",
    "caller_id": "+33199000002",
    "desk_line": "+33199000002",
    "duty_supervisor": "+33639980001",
    "fallback": ["+33199000003"],
}
READER = "recette@permanence.fr"


def _write(deploy: Path, stage: str = "recette", landlord: str = "habitat70", **changed: str | None) -> Path:
    """The file of a stage with these fields; None leaves one out. Beside production it has numbers of its own."""
    file = deploy / landlord / f"{stage}.toml"
    file.parent.mkdir(exist_ok=True)
    own = {} if stage == "production" else {"mails_to": READER}
    fields = {name: value for name, value in (FIELDS | own | changed).items() if value is not None}
    table = "" if stage == "production" else "[numbers]\n" + "".join(f"{n} = {v!r}\n" for n, v in NUMBERS.items())
    file.write_text("".join(f'{name} = "{value}"\n' for name, value in fields.items()) + table)
    return file


def _settings(deploy: Path, stage: str = "recette", environ: dict[str, str] | None = None) -> Settings:
    return read_settings({"landlord": "habitat70", "stage": stage}, environ or {}, deploy)


def test_a_stage_is_what_its_file_says(tmp_path: Path) -> None:
    _write(tmp_path)
    settings = _settings(tmp_path, environ={"CDK_DEFAULT_ACCOUNT": "111122223333"})
    assert {name: getattr(settings, name) for name in FIELDS} == FIELDS
    assert (settings.stage, settings.target, settings.account) == ("recette", "aws", "111122223333")


def test_files_come_by_mail_where_a_domain_is_said(tmp_path: Path) -> None:
    _write(tmp_path)
    assert _settings(tmp_path).import_address is None
    _write(tmp_path, import_mail_domain="fichiers.habitat70.fr")
    assert _settings(tmp_path).import_address == "referentiel@fichiers.habitat70.fr"


def test_production_has_the_plain_names_and_any_other_stage_its_own(tmp_path: Path) -> None:
    _write(tmp_path)
    _write(tmp_path, "production", public_host="accueil.habitat70.fr")
    assert _settings(tmp_path, "production").prefix == "permanence-habitat70"
    assert _settings(tmp_path).prefix == "permanence-habitat70-recette"
    assert _settings(tmp_path, "local").prefix == "permanence-habitat70"


def test_nothing_is_synthesized_for_a_stage_that_nobody_named_or_described(tmp_path: Path) -> None:
    _write(tmp_path, "production")
    with pytest.raises(SettingsError, match=r"Say STAGE=…, the name of a file of \S+habitat70 \(so far: production\)"):
        _settings(tmp_path, "")
    with pytest.raises(SettingsError, match=r"habitat70/recette\.toml: the file is missing.*specimen.toml.*production"):
        _settings(tmp_path)


@pytest.mark.parametrize("stage", ["../habitat70/recette", "Recette", "recette-2", "r", "x" * 17])
def test_a_name_that_could_not_stand_in_a_prefix_is_refused(stage: str, tmp_path: Path) -> None:
    _write(tmp_path)
    with pytest.raises(SettingsError, match="is no name of a stage"):
        _settings(tmp_path, stage)


@pytest.mark.parametrize("field", [*FIELDS, "mails_to"])
def test_a_missing_field_is_named_with_its_file(field: str, tmp_path: Path) -> None:
    _write(tmp_path, **{field: None})
    with pytest.raises(SettingsError, match=rf"habitat70/recette\.toml: {field}: is missing"):
        _settings(tmp_path)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("public_host", "https://permanence.habitat70.fr", "no host name"),
        ("public_host", "permanence", "no host name"),
        ("mail_domain", "Permanence.fr", "no host name"),
        ("import_mail_domain", "referentiel@permanence.fr", "no host name"),
        ("alarm_mail", "veille", "no mail address"),
        ("certificate_arn", "0a1b2c3d", "no certificate"),
        ("certificate_arn", "arn:aws:acm:us-east-1:111122223333:certificate/0a1b", "of eu-west-3, not of us-east-1"),
        ("certificate_arn", "arn:aws:acm:eu-west-3:000000000000:certificate/0-0", "still the one of the specimen"),
        ("public_host", "permanence.example.com", "reserved name"),
        ("mail_domain", "permanence.test", "reserved name"),
        ("import_mail_domain", "fichiers.permanence.test", "reserved name"),
        ("alarm_mail", "veille@Example.org", "reserved name"),
    ],
)
def test_a_wrong_field_is_named_with_its_file_and_line(field: str, value: str, reason: str, tmp_path: Path) -> None:
    _write(tmp_path, **{field: value})
    line = 1 + [*FIELDS, "mails_to", "import_mail_domain"].index(field)
    with pytest.raises(SettingsError, match=rf"recette\.toml:{line}: {field}: .*{reason}"):
        _settings(tmp_path)


def test_a_field_that_nobody_reads_is_refused(tmp_path: Path) -> None:
    _write(tmp_path, region="eu-west-3")
    with pytest.raises(SettingsError, match=r"recette\.toml:6: region: is no field of a stage"):
        _settings(tmp_path)


def test_a_file_that_is_not_toml_is_refused(tmp_path: Path) -> None:
    _write(tmp_path).write_text("public_host: permanence.fr\n")
    with pytest.raises(SettingsError, match=r"recette\.toml: not TOML"):
        _settings(tmp_path)


@pytest.mark.parametrize(("mark", "end"), [("\ufeff", "\n"), ("", "\r\n"), ("\ufeff", "\r\n")])
def test_a_file_that_an_editor_of_windows_has_saved_is_read_like_any_other(mark: str, end: str, tmp_path: Path) -> None:
    file = _write(tmp_path)
    file.write_text(mark + file.read_text(), "utf-8", newline=end)
    assert _settings(tmp_path).public_host == FIELDS["public_host"]


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_a_file_that_is_not_utf_8_is_refused(encoding: str, tmp_path: Path) -> None:
    file = _write(tmp_path)
    file.write_bytes(f"# la recette déployée\n{file.read_text()}".encode(encoding))
    with pytest.raises(SettingsError, match=r"recette\.toml: not UTF-8: save it"):
        _settings(tmp_path)


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    (tmp_path / "habitat70" / "recette.toml").mkdir(parents=True)
    with pytest.raises(SettingsError, match=r"recette\.toml: cannot be read: Is a directory"):
        _settings(tmp_path)


@pytest.mark.parametrize("spoilt", [b"public_host: permanence.fr", "public_host = 'é.fr'".encode("latin-1")])
def test_a_stage_beside_it_that_cannot_be_read_is_named(spoilt: bytes, tmp_path: Path) -> None:
    """Whether it has the same host is not known then."""
    _write(tmp_path)
    (tmp_path / "habitat70" / "production.toml").write_bytes(spoilt)
    with pytest.raises(SettingsError, match=r"production\.toml: not (TOML|UTF-8)"):
        _settings(tmp_path)


def test_a_value_without_quotes_is_told_so(tmp_path: Path) -> None:
    file = _write(tmp_path)
    file.write_text(f"account = 111122223333\n{file.read_text()}")
    with pytest.raises(SettingsError, match=r"recette\.toml:1: account: must be in quotes"):
        _settings(tmp_path)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    _write(tmp_path, public_host=None, alarm_mail="veille")
    with pytest.raises(SettingsError, match=r"(?s)public_host.*alarm_mail"):
        _settings(tmp_path)


def test_a_stage_with_an_account_deploys_to_no_other(tmp_path: Path) -> None:
    _write(tmp_path, account="111122223333")
    assert _settings(tmp_path).account == "111122223333"
    with pytest.raises(SettingsError, match="for the account 111122223333, and the credentials are of 444455556666"):
        _settings(tmp_path, environ={"CDK_DEFAULT_ACCOUNT": "444455556666"})
    _write(tmp_path, account="444455556666")
    with pytest.raises(SettingsError, match="certificate_arn: is of the account 111122223333"):
        _settings(tmp_path)
    _write(tmp_path, account="recette")
    with pytest.raises(SettingsError, match=r"account: .*twelve digits"):
        _settings(tmp_path)


def test_a_stage_beside_production_reaches_none_of_the_landlord_s_numbers_and_readers(tmp_path: Path) -> None:
    _write(tmp_path)
    plain = contract_of(_settings(tmp_path))
    applied = contract_from_plain(plain)
    assert {name: plain["landlord"]["numbers"][name] for name in NUMBERS} == NUMBERS
    assert applied.default_mailing_list == (READER,)
    assert {agency.mailing_list for agency in applied.agencies.values()} == {(READER,)}
    theirs = read_contract("habitat70")["landlord"]
    assert READER not in json.dumps(theirs)
    assert applied.only_reader == READER
    assert set(theirs["numbers"]["fallback"]) <= applied.numbers.not_to_fall_back_on
    _write(tmp_path, "production", public_host="accueil.habitat70.fr")
    assert contract_of(_settings(tmp_path, "production"))["landlord"] == theirs


@pytest.mark.parametrize(("own", "theirs"), [("+33199000001", "+33353017000"), ("+33199000003", "+33353017092")])
def test_a_stage_beside_production_with_a_number_of_the_landlord_s_is_refused(
    own: str, theirs: str, tmp_path: Path
) -> None:
    path = _write(tmp_path)
    path.write_text(path.read_text().replace(own, theirs))
    with pytest.raises(ContractError, match=rf"recette\.toml: numbers: \{theirs} of contracts/habitat70"):
        contract_of(_settings(tmp_path))


def test_production_has_the_contract_s_numbers_and_readers_and_no_other_stage_has(tmp_path: Path) -> None:
    of_recette = _write(tmp_path).read_text()
    (tmp_path / "habitat70" / "production.toml").write_text(of_recette)
    with pytest.raises(SettingsError, match=r"(?s)production\.toml:5: mails_to: is not for.*:6: numbers: is not for"):
        _settings(tmp_path, "production")
    (tmp_path / "habitat70" / "recette.toml").write_text(of_recette.partition("[numbers]")[0])
    with pytest.raises(SettingsError, match=r"recette\.toml: numbers: is missing: beside production"):
        _settings(tmp_path)
    (tmp_path / "habitat70" / "recette.toml").write_text(of_recette.replace("+33199000001", "0199000001"))
    with pytest.raises(SettingsError, match=r"recette\.toml:7: numbers\.inbound"):
        _settings(tmp_path)


def test_numbers_that_are_still_those_of_the_specimen_are_refused(tmp_path: Path) -> None:
    file = _write(tmp_path)
    _write(tmp_path, "specimen", public_host="permanence.example.com")
    file.write_text(file.read_text().replace(NUMBERS["inbound"], "+33199000009"))
    told = r"(?s)toml:\d+: numbers\.caller_id: is still the one of the specimen.*numbers\.fallback: is still"
    with pytest.raises(SettingsError, match=told) as caught:
        _settings(tmp_path)
    assert "inbound" not in str(caught.value)


@pytest.mark.parametrize("other", ["production", "specimen"])
@pytest.mark.parametrize("landlord", ["habitat70", "habitat75"])
def test_two_stages_do_not_share_a_host(other: str, landlord: str, tmp_path: Path) -> None:
    _write(tmp_path)
    file = _write(tmp_path, other, landlord)
    file.write_text(file.read_text().replace("+33", "+34"))
    with pytest.raises(SettingsError, match=rf"public_host: .* is already the one of .*{landlord}/{other}\.toml"):
        _settings(tmp_path)


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1", "eu-west-3a"])
def test_synthesis_is_refused_outside_paris(region: str, tmp_path: Path) -> None:
    _write(tmp_path)
    with pytest.raises(SettingsError, match=f"eu-west-3.*{region}.*R73"):
        _settings(tmp_path, environ={"CDK_DEFAULT_REGION": region})


def test_the_region_of_the_data_is_paris_when_nobody_says_otherwise(tmp_path: Path) -> None:
    _write(tmp_path)
    assert _settings(tmp_path).region == "eu-west-3"
    assert _settings(tmp_path, environ={"CDK_DEFAULT_REGION": "eu-west-3"}).region == "eu-west-3"


def test_every_committed_stage_can_be_read() -> None:
    for file in DEPLOY.glob("*/*.toml"):
        assert read_settings({"landlord": file.parent.name, "stage": file.stem}, {}).stage == file.stem
