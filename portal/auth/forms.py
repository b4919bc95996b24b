"""What is asked at the door."""

from wtforms import EmailField, PasswordField
from wtforms.validators import EqualTo, InputRequired, Length

from portal import passwords
from portal.forms import Form


class SignInForm(Form):
    email = EmailField("E-mail address", [InputRequired("Type your e-mail address."), Length(max=254)])
    password = PasswordField("Password", [InputRequired("Type your password."), Length(max=passwords.LONGEST)])


class ForgottenForm(Form):
    email = EmailField("E-mail address", [InputRequired("Type your e-mail address."), Length(max=254)])


class PasswordForm(Form):
    password = PasswordField(
        "New password",
        [
            InputRequired("Choose a password."),
            Length(passwords.SHORTEST, passwords.LONGEST, f"Take {passwords.SHORTEST} characters or more."),
        ],
        description=f"At least {passwords.SHORTEST} characters; a few words do well.",
    )
    again = PasswordField("The same again", [EqualTo("password", "The two aren't the same.")])


class ChangeForm(PasswordForm):
    present = PasswordField("Present password", [Length(max=passwords.LONGEST)])
