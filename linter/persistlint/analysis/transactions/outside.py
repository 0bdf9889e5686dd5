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
            r"requests(?:\.[Ss]ession)?|httpx(?:\.Client)?|AsyncClient|aiohttp|ClientSession|http_?(?:client|service)(?:\.axiosRef)?"
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
        (r"\w*twilio\w*(?:\.\w+)?|messages|sms\w*|push|messaging|fcm", "create send publish Send"),
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
# What a client of AWS is sent as an object.
_COMMANDS = regex(
    r"DeleteObjects?Command|(?:SendMessage|Publish|PutEvents)(?:Batch)?Command|Send\w*EmailCommand"
    r"|InvokeCommand|StartExecutionCommand"
)
_CLIENT = regex(r"(?:\w+\.)?(?:http\.Client|http\.DefaultClient|http_?client)", re.IGNORECASE)  # of Go
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
    if function.name == "send" and _is_command(node):
        return True
    if function.name == "Do":
        return _is_request(node, function, names, scope)
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


def _is_command(node: Call) -> bool:
    """Whether a client of AWS is sent something that changes something: `s3.send(new PutObjectCommand(…))`."""
    given = node.arguments[0].value if node.arguments else None
    return isinstance(given, Call) and given.new and _COMMANDS.fullmatch(last_name(given.function)) is not None


def _is_request(node: Call, function: Attribute, names: Names, scope: Scope) -> bool:
    """Go: whether a client sends a request that is known to change something: one that is made in this function, by
    another method than `GET`."""
    path = path_of(function.value) or ""
    declared = _DECLARED.match(_annotation(path, names, scope))
    if not any(_CLIENT.fullmatch(each) for each in (path, declared[1] if declared is not None else "")):
        return False
    given = node.arguments[0].value if node.arguments else None
    variable = scope.find(given.id) if isinstance(given, Name) else None
    made = variable.value if variable is not None else None
    if not isinstance(made, Call) or last_name(made.function) not in ("NewRequest", "NewRequestWithContext"):
        return False
    said = made.arguments[1 if last_name(made.function) == "NewRequestWithContext" else 0 :][:1]
    method = said[0].value if said else None
    text = method.value if isinstance(method, String) else last_name(method).removeprefix("Method") if method else ""
    return text.upper() not in (*_GET, "")


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
