using System.Globalization;
using System.Text;

namespace QueryStream.Connectors.Redis;

/// <summary>How a process connects to Redis.</summary>
public sealed record RedisClientOptions
{
    /// <summary>The environment variable that holds the password.</summary>
    public const string PasswordVariable = "REDIS_PASSWORD";

    /// <summary>How long a connection may take until Redis answers on it.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a flush waits for its answer before it is sent again, checked once a second. A connection that is silent for four times as long
    /// is closed and opened again.
    /// </summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The password of the address's user, or of the default user; null where there is none.</summary>
    public string? Password { get; init; }

    /// <summary>The defaults, with the password from the environment. For hosts.</summary>
    public static RedisClientOptions FromEnvironment()
    {
        string? password = Environment.GetEnvironmentVariable(PasswordVariable);
        return new RedisClientOptions { Password = string.IsNullOrEmpty(password) ? null : password };
    }

    // What ToString prints: all but the password.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(CultureInfo.InvariantCulture, $"ConnectTimeout = {ConnectTimeout}, ResponseTimeout = {ResponseTimeout}, Password = {(Password is null ? "none" : "***")}");
        return true;
    }
}
