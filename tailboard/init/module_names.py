"""Names that a definition's file must not have: a program beside it would import it instead."""

import importlib.util
import sys
from pathlib import Path

KNOWN_MODULES = frozenset(
    (
        "aiohttp aiokafka aioprometheus alembic anthropic asyncpg attr boto3 bottle celery "
        "cherrypy click confluent_kafka cryptography dagster django dotenv dramatiq "
        "elasticsearch falcon fastapi flask flower gevent google grafanalib grpc gunicorn "
        "httpx huey hypercorn jinja2 jose jwt kafka kombu kubernetes langchain litellm "
        "litestar locust mlflow mongoengine mypy numpy openai opentelemetry pandas pika pip "
        "prefect prometheus_client psycopg psycopg2 pydantic pymongo pymysql pyramid pytest "
        "quart ray redis requests rq sanic scrapy sentry_sdk setuptools sqlalchemy sqlmodel "
        "starlette stripe supervisor tailboard tornado tortoise transformers twisted urllib3 "
        "uvicorn uwsgi vllm werkzeug yaml zmq"
    ).split()
)
"""What programs import that may not be installed where tailboard runs."""


def is_module_name(name: str, folder: Path) -> bool:
    """Whether `name.py` in the folder would be imported instead of a module of that name.

    A name with a dash never is: no import statement can say it.
    """
    if not name.isidentifier():
        return False
    if name in sys.stdlib_module_names or name in KNOWN_MODULES or (folder / name).is_dir():
        return True
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return False
    return spec is not None and (
        spec.origin is None or Path(spec.origin).resolve() != (folder / f"{name}.py").resolve()
    )
