using System.Globalization;
using System.Text;
using QueryStream.Core.Errors;
using QueryStream.Streams.Settings;

namespace QueryStream.Connectors.Redis;

/// <summary>The Redis options of a process.</summary>
public sealed record RedisClientOptions : IValidatedSettings
{
    /// <summary>The configuration section.</summary>
    public const string Section = "QueryStream:Redis";

    /// <summary>The environment variable that holds the password.</summary>
    public const string PasswordVariable = "REDIS_PASSWORD";

    /// <summary>The address for sinks of jobs that set none; null: localhost:6379.</summary>
    [Setting(nameof(Address), "Redis, HOST:PORT or redis[s]://[USER@]HOST:PORT[,HOST:PORT][/DATABASE]")]
    public string? Address { get; init; }

    /// <summary>The cluster whose checkpoints a storage without a name of a cluster holds.</summary>
    [Setting(nameof(Cluster), "the cluster whose checkpoints a storage in Redis holds whose address names none")]
    public string Cluster { get; init; } = "querystream";

    /// <summary>The time limit for connecting, including Redis's first reply. More than 0.</summary>
    [Setting(nameof(ConnectTimeout), "how long a connection may take until Redis answers on it, more than 0")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a flush waits for its reply before it is resent, checked once per second. More than 0. StackExchange.Redis reopens a connection that
    /// has been silent for four times as long; the factor is fixed. Until then the flush is resent on the same connection.
    /// </summary>
    [Setting(
        nameof(ResponseTimeout),
        "how long a flush waits for its reply before it is sent again, more than 0; a connection that is silent four times as long is reopened")]
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The password of the address's user, or of the default user; null: none.</summary>
    [Setting(nameof(Password), "the password of the address's user, or of the default user")]
    public string? Password { get; init; }

    /// <inheritdoc/>
    public void Validate()
    {
        try
        {
            _ = RedisAddress.Parse(Address ?? RedisAddress.Default);
        }
        catch (FormatException e)
        {
            throw new SettingException(nameof(Address), $"{e.Message} REDIS_ADDRESS sets it too.");
        }

        if (ConnectTimeout <= TimeSpan.Zero || ResponseTimeout <= TimeSpan.Zero)
        {
            throw new SettingException(
                ConnectTimeout <= TimeSpan.Zero ? nameof(ConnectTimeout) : nameof(ResponseTimeout),
                "0 is not allowed. Allowed: more than 0, for example 5s.");
        }
    }

    // Used by ToString; hides the password.
    private bool PrintMembers(StringBuilder builder)
    {
        string password = Password is null ? "none" : "***";
        builder.Append(CultureInfo.InvariantCulture, $"Address = {Address}, ConnectTimeout = {ConnectTimeout}, "
            + $"ResponseTimeout = {ResponseTimeout}, Password = {password}");
        return true;
    }
}
