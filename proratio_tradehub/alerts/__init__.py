"""Alerts: news as frozen values, told in words over Telegram and e-mail; sending, never polling."""

from proratio_tradehub.alerts.alerts import (
    Alerts,
    apprise_of,
    channels_of,
    mail_of,
    open_alerts,
    telegram_of,
)
from proratio_tradehub.alerts.channel import Channel
from proratio_tradehub.alerts.messages import Message, message_of
from proratio_tradehub.alerts.news import (
    DailySummary,
    DegradedVotes,
    DriftAlarm,
    Entered,
    Exited,
    Failure,
    Figures,
    Forecast,
    Incidents,
    ManyTrades,
    News,
    Orders,
    Refusals,
    Silence,
    Undelivered,
    Urgency,
    Voice,
    WeeklyReport,
)
from proratio_tradehub.alerts.sender import Sender

__all__ = [
    "Alerts",
    "Channel",
    "DailySummary",
    "DegradedVotes",
    "DriftAlarm",
    "Entered",
    "Exited",
    "Failure",
    "Figures",
    "Forecast",
    "Incidents",
    "ManyTrades",
    "Message",
    "News",
    "Orders",
    "Refusals",
    "Sender",
    "Silence",
    "Undelivered",
    "Urgency",
    "Voice",
    "WeeklyReport",
    "apprise_of",
    "channels_of",
    "mail_of",
    "message_of",
    "open_alerts",
    "telegram_of",
]
