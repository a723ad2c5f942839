"""Mail through SMTP: plain text and HTML with one link; the same Message-ID whenever the same notice is sent again."""

import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import translation

from .errors import NotSent, Refused


class Mail:
    name = "mail"
    cheap = True  # sent again when it is not known whether it went out

    def address(self, person) -> str:
        return person.mail

    def open(self):
        """One connection for a batch. Raises NotSent when the server cannot be reached."""
        line = get_connection()
        try:
            line.open()
        except (OSError, smtplib.SMTPException) as why:
            raise NotSent(f"{type(why).__name__}: {why}") from why
        return line

    def close(self, line) -> None:
        line.close()

    def send(self, line, parcel) -> str:
        """Hand one message over; returns the provider's reference."""
        domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
        reference = f"<notice-{parcel.notice_id}@{domain}>"
        with translation.override(parcel.tongue):
            words = {"parcel": parcel, "organisation": settings.ORGANISATION}
            message = EmailMultiAlternatives(
                subject=" ".join(parcel.title.split()),
                body=render_to_string("duty/mail/notice.txt", words),
                to=[parcel.address],
                headers={"Message-ID": reference, "Auto-Submitted": "auto-generated"}
                | ({"Importance": "high", "X-Priority": "1"} if parcel.urgent else {}),
                connection=line,
            )
            message.attach_alternative(render_to_string("duty/mail/notice.html", words), "text/html")
        try:
            message.send()
        except ValueError as why:
            raise Refused(f"{type(why).__name__}: {why}") from why  # no address, or a header that is none
        except smtplib.SMTPRecipientsRefused as why:
            codes = [code for code, _text in why.recipients.values()]
            if all(code >= 500 for code in codes):
                raise Refused(str(why.recipients)) from why
            raise NotSent(str(why.recipients)) from why
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as why:
            problem = f"{why.smtp_code} {why.smtp_error!r}"
            raise (Refused if why.smtp_code >= 500 else NotSent)(problem) from why
        return reference
