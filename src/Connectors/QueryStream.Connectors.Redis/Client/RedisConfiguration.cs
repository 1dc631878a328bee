using System.Security.Cryptography;
using QueryStream.Core.Errors;
using StackExchange.Redis;

namespace QueryStream.Connectors.Redis.Client;

/// <summary>The library's options for an address.</summary>
internal static class RedisConfiguration
{
    private static readonly TimeSpan RoleCheckInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(10);

    // One socket per server, and no commands that a sink does not need: the user may lack permission for them.
    private static readonly HashSet<string> UnneededBySinks =
        ["SUBSCRIBE", "UNSUBSCRIBE", "PSUBSCRIBE", "PUNSUBSCRIBE", "CONFIG", "CLUSTER", "SENTINEL"];

    // CONFIG returns how durable the server is.
    private static readonly HashSet<string> UnneededByCheckpoints = [.. UnneededBySinks.Except(["CONFIG"])];

    private static readonly HashSet<string> UnneededByReaders = ["CONFIG", "CLUSTER", "SENTINEL"];

    /// <summary>For sinks.</summary>
    /// <exception cref="SettingException">A certificate file cannot be read.</exception>
    public static ConfigurationOptions ForSinks(RedisAddress address, RedisClientOptions options) => Configure(address, options, UnneededBySinks);

    /// <summary>For checkpoints. They use a connection of their own, so that a large segment does not delay a sink's flush.</summary>
    /// <exception cref="SettingException">A certificate file cannot be read.</exception>
    public static ConfigurationOptions ForCheckpoints(RedisAddress address, RedisClientOptions options)
    {
        ConfigurationOptions configuration = Configure(address, options, UnneededByCheckpoints);
        configuration.ClientName = "querystream-checkpoints";
        configuration.DefaultDatabase = address.Database;

        // The library allows CONFIG only in this mode.
        configuration.AllowAdmin = true;
        return configuration;
    }

    /// <summary>For programs that read what sinks have stored and published. Calls wait for a lost connection: nobody repeats them.</summary>
    /// <exception cref="SettingException">A certificate file cannot be read.</exception>
    public static ConfigurationOptions ForReaders(RedisAddress address, RedisClientOptions options)
    {
        ConfigurationOptions configuration = Configure(address, options, UnneededByReaders);
        configuration.ClientName = "querystream-reader";
        configuration.DefaultDatabase = address.Database;
        configuration.BacklogPolicy = BacklogPolicy.Default;
        return configuration;
    }

    private static ConfigurationOptions Configure(RedisAddress address, RedisClientOptions options, HashSet<string> unneeded)
    {
        int connectTimeout = (int)options.ConnectTimeout.TotalMilliseconds;
        ConfigurationOptions configuration = new()
        {
            ClientName = "querystream",
            User = address.User,
            Password = options.Password,

            // No backlog: the sink's outbox merges rows, while a queue here would send outdated values.
            AbortOnConnectFail = false,
            BacklogPolicy = BacklogPolicy.FailFast,
            AsyncTimeout = (int)options.ResponseTimeout.TotalMilliseconds,
            ConnectTimeout = connectTimeout,
            ConnectRetry = 1,
            ReconnectRetryPolicy = new ExponentialRetry(connectTimeout / 4, connectTimeout),
            KeepAlive = (int)KeepAliveInterval.TotalSeconds,
            ConfigCheckSeconds = (int)RoleCheckInterval.TotalSeconds,
            CommandMap = CommandMap.Create(unneeded, available: false),
            ConfigurationChannel = "",
            TieBreaker = "",
            SetClientLibrary = false,

            // Keeps keys out of exceptions, and so out of logs.
            IncludeDetailInExceptions = false,
        };
        foreach (System.Net.EndPoint endPoint in address.EndPoints)
        {
            configuration.EndPoints.Add(endPoint);
        }

        if (address.IsTls)
        {
            ConfigureTls(configuration, address);
        }

        return configuration;
    }

    private static void ConfigureTls(ConfigurationOptions configuration, RedisAddress address)
    {
        configuration.Ssl = true;

        // Private authorities rarely publish revocation lists, and without one the check would reject every certificate.
        configuration.CheckCertificateRevocation = false;
        try
        {
            if (address.AuthorityFile is { } authority)
            {
                configuration.TrustIssuer(authority);
            }

            if (address.CertificateFile is { } certificate)
            {
                configuration.SetUserPemCertificate(certificate, address.KeyFile);
            }
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new SettingException("redis", $"a certificate file of '{address}' cannot be read on this machine: {e.Message}");
        }
    }
}
