namespace QueryStream.Connectors.Redis;

/// <summary>How connections to Redis are made.</summary>
public sealed record RedisClientOptions
{
    /// <summary>The environment variable that holds the password.</summary>
    public const string PasswordVariable = "REDIS_PASSWORD";

    /// <summary>How long a connection may take until Redis answers on it.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection may be silent while answers are due; then it is given up and what is due is sent again on a new one.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Of the default user; null where there is none.</summary>
    public string? Password { get; init; }

    /// <summary>The defaults, with the password from the environment. For hosts.</summary>
    public static RedisClientOptions FromEnvironment()
    {
        string? password = Environment.GetEnvironmentVariable(PasswordVariable);
        return new RedisClientOptions { Password = string.IsNullOrEmpty(password) ? null : password };
    }
}
