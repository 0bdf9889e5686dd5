"""Effects that no rollback takes back: mail, HTTP requests, messages, payments, files. Known by name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name, path_of
from persistlint.ir import Attribute, Call, Mapping, Name, String
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.names import Names
    from persistlint.analysis.transactions.variables import Scope

# What people call the object, and the methods of it that cannot be taken back.
_BY_OBJECT: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = tuple(
    (regex(rf"(?:.*[._])?(?:{objects})", re.IGNORECASE), frozenset(methods.split()))
    for objects, methods in (
        (
            r"requests(?:\.[Ss]ession)?|httpx(?:\.Client)?|AsyncClient|aiohttp|ClientSession|http_?client"
            r"|axios(?:\.create|Instance)?|got(?:\.extend)?|ky(?:\.create)?|superagent",
            "post put patch delete request Post PostForm",
        ),
        (r"http", "Post PostForm"),
        (
            r"\w*mailer|transporter|\w*mail_?(?:service|client|sender)|sgmail|resend|smtp|email_?service|EmailMessage|EmailMultiAlternatives|ses|(?:resend|brevo|postmark)\.\w+",
            "send sendMail send_mail sendmail send_message sendEmail send_email deliver SendMail Send SendEmail"
            " DialAndSend",
        ),
        (r"smtplib|smtp", "sendmail send_message SendMail"),
        (
            r"\w*queue|\w*producer|\w*publisher|pub|pubsub|kafka(?:\.Writer)?|nats|nc|channel|ch|rabbit\w*|amqp|broker|sns|sqs|topic"
            r"|(?:message_?|service_?)?bus|mq|jetstream",
            "add publish produce send sendMessage send_message sendToQueue basic_publish enqueue enqueue_job Publish"
            " PublishWithContext PublishMsg WriteMessages SendMessage Enqueue Produce Send publishAsync",
        ),
        (r"\w*(?:task|job|workflow)|inngest", "trigger triggerAndWait batchTrigger send"),
        (r"twilio|messages|sms\w*|push|messaging|fcm", "create send publish Send"),
        (r"redis\w*|rdb", "publish xadd Publish XAdd"),
        (r"stripe(?:\.\w+)*", "create capture refund confirm"),
        (
            r"fs|fsp|promises|os|shutil|fsPromises",
            "unlink unlinkSync rmSync rename renameSync remove rmtree Remove RemoveAll Rename",
        ),
        (
            r"s3\w*|bucket|minio",
            "putObject put_object upload_file upload_fileobj deleteObject delete_object PutObject DeleteObject",
        ),
        (r"subprocess", "run check_call check_output Popen call"),
        (r"io|socket|pusher|ws|webhooks?", "emit trigger send"),
    )
)
_OBJECTS = {  # by the name of a method
    name: tuple(pattern for pattern, methods in _BY_OBJECT if name in methods)
    for name in frozenset[str]().union(*(methods for _, methods in _BY_OBJECT))
}
# Methods that say it whatever the object is.
_BY_METHOD = frozenset(["delay", "apply_async", "send_task", "sendMail", "send_mail", "sendToQueue", "basic_publish"])
_FUNCTIONS = regex(
    r"(?:send|dispatch|deliver)_?\w*(?:e?mail|sms|webhook|push|invit)\w*|send_mail|mail_(?:admins|managers)"
    r"|publish(?:_?(?:event|message))?\b|upload_?\w*|(?:put|copy)_?file\w*",
    re.IGNORECASE,
)
_DECLARED = regex(r"[*&\s]*([\w.]+)")  # the type that an annotation names first
_GET = ("GET", "HEAD", "OPTIONS")


def is_outside(node: Call, names: Names, scope: Scope) -> bool:
    """Whether a call does something outside of the database that a rollback cannot take back."""
    function = node.function
    if isinstance(function, Name):
        if function.id == "fetch":
            return _method(node) not in (*_GET, "")
        return bool(_FUNCTIONS.fullmatch(function.id)) and function.id not in names.classes
    if not isinstance(function, Attribute):
        return False
    if function.name in _BY_METHOD or function.name.lower().startswith("upload"):
        return True
    objects = _OBJECTS.get(function.name)
    if objects is None:
        return False
    path = path_of(function.value) or last_name(function.value)
    variable = scope.find(path)
    value = variable.value if variable is not None else None
    made = path_of(value.function) or last_name(value) if isinstance(value, Call) else ""
    declared = _DECLARED.match(_annotation(path, names, scope))
    said = (path, made, declared[1] if declared is not None else "")
    return any(pattern.fullmatch(each) for pattern in objects for each in said)


def _annotation(path: str, names: Names, scope: Scope) -> str:
    """The declared type of a variable, or of a field of the class that a method belongs to."""
    variable = scope.find(path)
    if variable is not None and variable.annotation:
        return variable.annotation
    owner = names.classes.get(scope.owner or "")
    receiver, _, field = path.partition(".")
    return dict(owner.fields).get(field, "") if owner is not None and receiver == scope.receiver else ""


def _method(node: Call) -> str:
    """The HTTP method in the options of `fetch`."""
    for argument in node.arguments[1:2]:
        if isinstance(argument.value, Mapping):
            for entry in argument.value.entries:
                if isinstance(entry.key, String) and entry.key.value == "method":
                    return entry.value.value.upper() if isinstance(entry.value, String) else "?"
    return ""
