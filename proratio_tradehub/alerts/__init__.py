"""Alerts: news as frozen values, told in words over Telegram and e-mail; sending, never polling."""

from proratio_tradehub.alerts.alerts import Alerts, mail_of, open_alerts, telegram_of
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
    News,
    Orders,
    Refusals,
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
    "Message",
    "News",
    "Orders",
    "Refusals",
    "Sender",
    "Undelivered",
    "Urgency",
    "Voice",
    "WeeklyReport",
    "mail_of",
    "message_of",
    "open_alerts",
    "telegram_of",
]
