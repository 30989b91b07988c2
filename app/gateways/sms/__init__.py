"""Text messages to mobiles."""

from app.gateways.sms.absent import AbsentSms
from app.gateways.sms.local import LocalSms
from app.gateways.sms.protocol import Sms, SmsFailed
from app.gateways.sms.tencent import TencentAccount, TencentSms

__all__ = ["AbsentSms", "LocalSms", "Sms", "SmsFailed", "TencentAccount", "TencentSms"]
