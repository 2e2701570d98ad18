"""The provider's REST API, as far as the application uses it."""

from fastapi import APIRouter

from local.operator.exchange import API_VERSION
from local.operator.rest import calls, conferences, messages, numbers, recordings, routes

router = APIRouter(include_in_schema=False)
for part in (calls, conferences, messages, numbers, recordings):
    router.include_router(part.router, prefix=f"/{API_VERSION}/Accounts/{{account_sid}}")
router.include_router(routes.router)
