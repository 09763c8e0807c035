"""The only place that reads the environment: one frozen object, secrets masked, typos refused."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from proratio_core.errors import ConfigurationError

__all__ = [
    "Settings",
    "environment_with",
    "foreign_secrets",
    "load_settings",
    "own_environment",
    "tell_processes",
]

_FOREIGN_PREFIXES = ("FREQTRADE__", "COMPOSE_", "POSTGRES_")
"""Variables that share our `.env` but belong to Freqtrade and to Docker Compose."""


_FOREIGN_SECRET = re.compile(r"FREQTRADE__.*(KEY|SECRET|TOKEN|PASSWORD)")


class Settings(BaseSettings):
    """What the installation is told from outside; every field is explained in `.env.example`."""

    model_config = SettingsConfigDict(
        env_file_encoding="utf-8", frozen=True, extra="ignore", env_ignore_empty=True
    )

    user_data: Path = Field(Path("user_data"), validation_alias="PRORATIO_USER_DATA")
    profile: str = Field("offline", validation_alias="PRORATIO_PROFILE")
    risk_profile: str = Field("proratio", validation_alias="PRORATIO_RISK_PROFILE")
    daily_budget_usd: float = Field(
        5.0, ge=0, allow_inf_nan=False, validation_alias="PRORATIO_DAILY_BUDGET_USD"
    )
    log_format: str = Field(
        "console", pattern="^(console|json)$", validation_alias="PRORATIO_LOG_FORMAT"
    )
    log_level: str = Field(
        "WARNING", pattern="^(DEBUG|INFO|WARNING|ERROR)$", validation_alias="PRORATIO_LOG_LEVEL"
    )
    database_url: SecretStr | None = Field(None, validation_alias="DATABASE_URL")
    redis_url: SecretStr | None = Field(None, validation_alias="REDIS_URL")
    bot_url: str | None = Field(None, validation_alias="PRORATIO_BOT_URL")
    bot_username: str = Field("proratio", validation_alias="FREQTRADE__API_SERVER__USERNAME")
    bot_password: SecretStr | None = Field(None, validation_alias="FREQTRADE__API_SERVER__PASSWORD")
    exchange_name: str = Field("binance", validation_alias="FREQTRADE__EXCHANGE__NAME")
    exchange_key: SecretStr | None = Field(None, validation_alias="FREQTRADE__EXCHANGE__KEY")
    exchange_secret: SecretStr | None = Field(None, validation_alias="FREQTRADE__EXCHANGE__SECRET")
    exchange_url: str | None = Field(None, validation_alias="PRORATIO_EXCHANGE_URL")
    openai_api_key: SecretStr | None = Field(None, validation_alias="OPENAI_API_KEY")
    openai_base_url: str | None = Field(None, validation_alias="OPENAI_BASE_URL")
    anthropic_api_key: SecretStr | None = Field(None, validation_alias="ANTHROPIC_API_KEY")
    anthropic_base_url: str | None = Field(None, validation_alias="ANTHROPIC_BASE_URL")
    gemini_api_key: SecretStr | None = Field(None, validation_alias="GEMINI_API_KEY")
    gemini_base_url: str | None = Field(None, validation_alias="GEMINI_BASE_URL")
    compatible_base_url: str | None = Field(None, validation_alias="PRORATIO_COMPATIBLE_BASE_URL")
    compatible_api_key: SecretStr | None = Field(
        None, validation_alias="PRORATIO_COMPATIBLE_API_KEY"
    )
    metrics_port: int | None = Field(
        None, ge=0, le=65_000, validation_alias="PRORATIO_METRICS_PORT"
    )
    metrics_host: str = Field("127.0.0.1", validation_alias="PRORATIO_METRICS_HOST")
    telegram_token: SecretStr | None = Field(None, validation_alias="PRORATIO_TELEGRAM_TOKEN")
    telegram_chat_id: str | None = Field(
        None, pattern=r"^(-?\d+|@\w+)$", validation_alias="PRORATIO_TELEGRAM_CHAT_ID"
    )
    telegram_url: str | None = Field(None, validation_alias="PRORATIO_TELEGRAM_URL")
    smtp_host: str | None = Field(None, validation_alias="PRORATIO_SMTP_HOST")
    smtp_port: int = Field(587, ge=1, le=65_535, validation_alias="PRORATIO_SMTP_PORT")
    smtp_security: str = Field(
        "starttls", pattern="^(starttls|tls)$", validation_alias="PRORATIO_SMTP_SECURITY"
    )
    smtp_username: str | None = Field(None, validation_alias="PRORATIO_SMTP_USERNAME")
    smtp_password: SecretStr | None = Field(None, validation_alias="PRORATIO_SMTP_PASSWORD")
    smtp_from: str | None = Field(None, validation_alias="PRORATIO_SMTP_FROM")
    smtp_to: str | None = Field(None, validation_alias="PRORATIO_SMTP_TO")
    smtp_ca_file: Path | None = Field(None, validation_alias="PRORATIO_SMTP_CA_FILE")
    apprise_urls: SecretStr | None = Field(None, validation_alias="PRORATIO_APPRISE_URLS")

    dashboard_operator_hash: SecretStr | None = Field(
        None, validation_alias="PRORATIO_DASHBOARD_OPERATOR_HASH"
    )
    dashboard_viewer_hash: SecretStr | None = Field(
        None, validation_alias="PRORATIO_DASHBOARD_VIEWER_HASH"
    )
    dashboard_url: str | None = Field(None, validation_alias="PRORATIO_DASHBOARD_URL")
    dashboard_oidc_issuer: str | None = Field(
        None, validation_alias="PRORATIO_DASHBOARD_OIDC_ISSUER"
    )
    dashboard_oidc_client_id: str | None = Field(
        None, validation_alias="PRORATIO_DASHBOARD_OIDC_CLIENT_ID"
    )
    dashboard_oidc_client_secret: SecretStr | None = Field(
        None, validation_alias="PRORATIO_DASHBOARD_OIDC_CLIENT_SECRET"
    )
    dashboard_oidc_operators: str | None = Field(
        None, validation_alias="PRORATIO_DASHBOARD_OIDC_OPERATORS"
    )
    dashboard_oidc_viewers: str | None = Field(
        None, validation_alias="PRORATIO_DASHBOARD_OIDC_VIEWERS"
    )
    dashboard_session_minutes: int = Field(
        60, ge=1, le=720, validation_alias="PRORATIO_DASHBOARD_SESSION_MINUTES"
    )

    @property
    def state_dir(self) -> Path:
        """Where the installation keeps what is its own: the embedded database, keys, locks."""
        return self.user_data / ".proratio"

    @property
    def data_dir(self) -> Path:
        """Freqtrade's candle files, one folder an exchange."""
        return self.user_data / "data"


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Read the environment and, below it in rank, `env_file`.

    Raises
    ------
    ConfigurationError
        A value is malformed, or a `PRORATIO_` variable or a line of the file is unknown.
    """
    file_keys = dotenv_values(env_file) if env_file is not None and env_file.is_file() else {}
    ours = [name for name in os.environ if name.startswith("PRORATIO_")]
    _refuse_unknown(ours, source="the environment")
    _refuse_unknown(file_keys, source=str(env_file))
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        problems = "; ".join(f"{e['loc'][0]}: {e['msg']}" for e in error.errors())
        raise ConfigurationError(
            f"the settings are not usable: {problems}; .env.example explains each variable"
        ) from None  # the original error would carry the raw values


def own_environment() -> dict[str, str]:
    """Return the environment variables of this process, for one that it starts."""
    return dict(os.environ)


def foreign_secrets() -> tuple[str, ...]:
    """Return the secrets this process was told that are Freqtrade's alone: not used, but masked."""
    return tuple(value for name, value in os.environ.items() if _FOREIGN_SECRET.fullmatch(name))


def tell_processes(variables: Mapping[str, str]) -> None:
    """Set environment variables for this process and those it starts.

    A worker process is told where the database is by the process that started it, not by a person.
    """
    os.environ.update(variables)


def environment_with(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for one process that is started, these variables set in it."""
    return {**os.environ, **variables}


_EXPECTED_ELSEWHERE = {"PRORATIO_MARKET_DATA"}
"""Read by the test suite, not by the program."""


def _refuse_unknown(names: Iterable[str], *, source: str) -> None:
    known = {
        str(field.validation_alias or field.alias) for field in Settings.model_fields.values()
    } | _EXPECTED_ELSEWHERE
    for name in names:
        if name in known or name.startswith(_FOREIGN_PREFIXES):
            continue
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]}?" if close else ".env.example lists what there is"
        raise ConfigurationError(f"{source} sets {name}, which Proratio does not know; {hint}")
