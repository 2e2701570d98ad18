"""One HTTP API and one host for desk, extranet, mission pages and the provider's webhooks (R75)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import RemovalPolicy, aws_apigatewayv2, aws_certificatemanager, aws_logs
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from infra.findings import accept
from infra.function import Function
from infra.settings import Settings

GET, POST, ANY = aws_apigatewayv2.HttpMethod.GET, aws_apigatewayv2.HttpMethod.POST, aws_apigatewayv2.HttpMethod.ANY


@dataclass(frozen=True, slots=True)
class Route:
    """`rate` is requests per second, `burst` how many at once: a flood on one door closes that door only."""

    method: aws_apigatewayv2.HttpMethod
    path: str
    function: str
    rate: int
    burst: int

    @property
    def key(self) -> str:
        return f"{self.method.value} {self.path}"


@dataclass(frozen=True, slots=True)
class AnywhereElse:
    """Whatever no route leads to, by address or by method: the gateway's own answer is a line of English JSON."""

    function: str
    rate: int
    burst: int
    key: str = "$default"


WEBHOOK = Route(POST, "/telephony/{proxy+}", "call_webhook", rate=200, burst=400)
ROUTES = (
    WEBHOOK,
    Route(GET, "/", "sign_in", rate=20, burst=40),
    Route(ANY, "/connexion", "sign_in", rate=10, burst=20),
    Route(ANY, "/connexion/{proxy+}", "sign_in", rate=10, burst=20),
    Route(POST, "/deconnexion", "sign_in", rate=10, burst=20),
    Route(ANY, "/equipe", "team", rate=10, burst=20),
    Route(ANY, "/equipe/{proxy+}", "team", rate=10, burst=20),
    Route(GET, "/static/{proxy+}", "sign_in", rate=100, burst=200),
    Route(ANY, "/desk", "desk", rate=100, burst=200),
    Route(ANY, "/desk/{proxy+}", "desk", rate=100, burst=200),
    Route(ANY, "/extranet", "extranet", rate=30, burst=60),
    Route(ANY, "/extranet/{proxy+}", "extranet", rate=30, burst=60),
    Route(ANY, "/referentiel", "decisions", rate=10, burst=20),
    Route(ANY, "/referentiel/{proxy+}", "decisions", rate=10, burst=20),
    Route(ANY, "/m/{proxy+}", "mission", rate=50, burst=100),
)
NOWHERE = AnywhereElse("sign_in", rate=10, burst=20)
# Who is let in, function by function: none of it is something that an authorizer of the gateway knows.
GATES = {
    "call_webhook": "The provider signs each request; the function checks it before anything else.",
    "sign_in": "The way in: it is for those who have no session yet. Static files are nobody's secret.",
    "team": "The function checks our own session, and that it is a supervisor's.",
    "desk": "The function checks our own session, and its group.",
    "extranet": "The function checks our own session, and its group.",
    "decisions": "The function checks our own session, and its group.",
    "mission": "The link is the key: a secret of 49.8 bits that ends after three days.",
}
# By route key, never the path: a mission link is a secret, and an address is personal data.
ACCESS_LOG = {
    "request": "$context.requestId",
    "at": "$context.requestTime",
    "route": "$context.routeKey",
    "status": "$context.status",
    "ms": "$context.responseLatency",
    "error": "$context.integrationErrorMessage",
}


class HttpApi(Construct):
    """`base_url` has no final slash."""

    def __init__(self, scope: Construct, settings: Settings) -> None:
        super().__init__(scope, "HttpApi")
        self._settings = settings
        self.api = aws_apigatewayv2.HttpApi(
            self,
            "Api",
            api_name=settings.prefix,
            create_default_stage=False,
            # One host and no second door beside it (R75); the engine's own address is how it is found on one machine.
            disable_execute_api_endpoint=None if settings.is_local else True,
        )

    @property
    def base_url(self) -> str:
        return f"https://{self._settings.public_host}"

    def route(self, functions: Mapping[str, Function], logs_kept: aws_logs.RetentionDays) -> None:
        """Open the doors of ROUTES, with the stage that serves them."""
        integrations = {
            name: HttpLambdaIntegration(f"{name}Integration", functions[name].function)
            for name in dict.fromkeys(route.function for route in ROUTES)
        }
        routes = []
        for route in ROUTES:
            (added,) = self.api.add_routes(
                path=route.path, methods=[route.method], integration=integrations[route.function]
            )
            accept(added, "APIG4", GATES[route.function])
            routes.append(added)
        nowhere = aws_apigatewayv2.HttpRoute(
            self,
            "Nowhere",
            http_api=self.api,
            route_key=aws_apigatewayv2.HttpRouteKey.DEFAULT,
            integration=integrations[NOWHERE.function],
        )
        accept(nowhere, "APIG4", GATES[NOWHERE.function])
        logs = aws_logs.LogGroup(self, "AccessLog", retention=logs_kept, removal_policy=RemovalPolicy.DESTROY)
        self.stage = aws_apigatewayv2.CfnStage(
            self,
            "Stage",
            api_id=self.api.api_id,
            stage_name="$default",
            auto_deploy=True,
            access_log_settings=aws_apigatewayv2.CfnStage.AccessLogSettingsProperty(
                destination_arn=logs.log_group_arn, format=json.dumps(ACCESS_LOG)
            ),
            default_route_settings=aws_apigatewayv2.CfnStage.RouteSettingsProperty(
                detailed_metrics_enabled=True, throttling_rate_limit=10, throttling_burst_limit=20
            ),
            route_settings={
                route.key: {
                    "DetailedMetricsEnabled": True,
                    "ThrottlingRateLimit": route.rate,
                    "ThrottlingBurstLimit": route.burst,
                }
                for route in (*ROUTES, NOWHERE)
            },
        )
        # A route's settings are refused while the route does not exist.
        self.stage.node.add_dependency(*routes, nowhere)
        self._answer_at_the_host()

    def _answer_at_the_host(self) -> None:
        certificate = aws_certificatemanager.Certificate.from_certificate_arn(
            self, "Certificate", self._settings.certificate_arn
        )
        domain = aws_apigatewayv2.DomainName(
            self, "Host", domain_name=self._settings.public_host, certificate=certificate
        )
        mapping = aws_apigatewayv2.CfnApiMapping(
            self, "HostMapping", api_id=self.api.api_id, domain_name=domain.name, stage="$default"
        )
        mapping.node.add_dependency(self.stage)
        self.host_target, self.host_zone = domain.regional_domain_name, domain.regional_hosted_zone_id
