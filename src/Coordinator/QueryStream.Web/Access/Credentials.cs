using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using QueryStream.Core.Errors;

namespace QueryStream.Web.Access;

/// <summary>
/// The secrets that whoever changes something must know one of, and the sessions of those who have shown one. A session is signed with a key that is
/// made of the secrets: so the next leader and a coordinator that starts again know it too, and it ends when a secret changes.
/// </summary>
internal sealed class Credentials
{
    private static readonly TimeSpan SessionLength = TimeSpan.FromHours(12);

    private readonly string _token;
    private readonly string _password;
    private readonly byte[] _key;

    /// <exception cref="SettingException">The password file cannot be read, or holds no password.</exception>
    public Credentials(WebOptions options)
    {
        _token = options.Token;
        _password = options.PasswordFile.Length == 0 ? "" : ReadPassword(options.PasswordFile);
        _key = SHA256.HashData(Encoding.UTF8.GetBytes($"querystream session\n{_token}\n{_password}"));
    }

    /// <summary>Whether there is a secret.</summary>
    public bool AreSet => _token.Length > 0 || _password.Length > 0;

    /// <summary>Whether there is a user with a password.</summary>
    public bool HavePassword => _password.Length > 0;

    /// <summary>Whether a text is the token.</summary>
    public bool IsToken(string text) => _token.Length > 0 && AreSame(text, _token);

    /// <summary>Whether a text is <c>USER:PASSWORD</c>.</summary>
    public bool IsPassword(string text) => _password.Length > 0 && AreSame(text, _password);

    /// <summary>Whether a header <c>Authorization</c> shows one of the secrets.</summary>
    public bool AreShownBy(string header)
    {
        if (!AuthenticationHeaderValue.TryParse(header, out AuthenticationHeaderValue? value) || value.Parameter is not { } parameter)
        {
            return false;
        }

        if (value.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            return IsToken(parameter);
        }

        byte[] bytes = new byte[parameter.Length];
        return value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)
            && Convert.TryFromBase64String(parameter, bytes, out int length)
            && IsPassword(Encoding.UTF8.GetString(bytes, 0, length));
    }

    /// <summary>Begins a session.</summary>
    public string BeginSession(DateTimeOffset now)
    {
        string end = (now + SessionLength).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"{end}.{Sign(end)}";
    }

    /// <summary>Whether a session was begun here or by another coordinator with the same secrets, and has not ended.</summary>
    public bool IsSession(string text, DateTimeOffset now)
    {
        string[] parts = text.Split('.');
        return AreSet && parts.Length == 2 && AreSame(parts[1], Sign(parts[0]))
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long end) && now.ToUnixTimeSeconds() < end;
    }

    private static string ReadPassword(string path)
    {
        string setting = $"{WebOptions.Section}:{nameof(WebOptions.PasswordFile)}";
        try
        {
            string line = File.ReadLines(path).FirstOrDefault("").Trim();
            return line.IndexOf(':', StringComparison.Ordinal) is int at && at > 0 && at < line.Length - 1
                ? line
                : throw new SettingException(setting, $"the first line of {path} is not USER:PASSWORD.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingException(setting, $"{path} cannot be read: {e.Message}");
        }
    }

    private string Sign(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text)));

    // In the same time for all texts of one length, and of hashes, so that not even the length shows.
    private static bool AreSame(string a, string b) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(a)), SHA256.HashData(Encoding.UTF8.GetBytes(b)));
}
