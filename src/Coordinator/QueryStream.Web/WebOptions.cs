using QueryStream.Core.Errors;
using QueryStream.Streams.Settings;

namespace QueryStream.Web;

/// <summary>The options of the web pages, and of who may change something by pages or REST.</summary>
public sealed record WebOptions : IValidatedSettings
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "QueryStream:Web";

    private const int MinTokenLength = 8;

    /// <summary>Whoever changes something must know it; empty: no token is accepted. Our own <c>web.auth.token</c>.</summary>
    [Setting(nameof(Token), "the token of those who change something by pages or REST; with neither it nor a password file everybody may")]
    public string Token { get; init; } = "";

    /// <summary>
    /// A file with one line, <c>USER:PASSWORD</c>, which is accepted as the token is; empty: none. Our own <c>web.auth.password-file</c>.
    /// </summary>
    [Setting(nameof(PasswordFile), "a file with one line USER:PASSWORD, which is accepted as the token is")]
    public string PasswordFile { get; init; } = "";

    /// <summary>Whether those who only read must know one of the two as well. Our own <c>web.auth.read</c>.</summary>
    [Setting(nameof(ProtectReading), "whether those who only read must know the token or the password too")]
    public bool ProtectReading { get; init; }

    /// <summary>Whether pages change nothing, whoever looks at them. Our own <c>web.read-only</c>.</summary>
    [Setting(nameof(ReadOnly), "whether pages only show, whoever looks at them; commands and REST change as before")]
    public bool ReadOnly { get; init; }

    /// <summary>Whether anything is protected.</summary>
    internal bool HasSecret => Token.Length > 0 || PasswordFile.Length > 0;

    /// <inheritdoc/>
    public void Validate()
    {
        if (Token.Length is > 0 and < MinTokenLength)
        {
            throw new SettingException(nameof(Token), $"has {Token.Length} characters. Allowed: at least {MinTokenLength}, which nobody guesses.");
        }

        if (ProtectReading && !HasSecret)
        {
            throw new SettingException(nameof(ProtectReading), $"true needs a secret: set {nameof(Token)} or {nameof(PasswordFile)}.");
        }
    }
}
