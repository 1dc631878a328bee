using System.Globalization;
using Microsoft.Extensions.Logging;
using QueryStream.Connectors.Redis;
using QueryStream.Core.Texts;
using QueryStream.TestKit;
using QueryStream.TestKit.Connectors;
using QueryStream.TestKit.Logging;
using QueryStream.Testing.Redis;

namespace QueryStream.Contracts.Redis.Tests;

/// <summary>A real server with a subscriber, and writers of numbers to keys. A message is <c>key=number</c>.</summary>
internal sealed class Rig : IAsyncDisposable
{
    public const string Channel = "analytics:updates";

    /// <summary>Short timeouts, for tests with a silent server.</summary>
    public static readonly RedisClientOptions Impatient = new()
    {
        ConnectTimeout = TimeSpan.FromSeconds(1),
        ResponseTimeout = TimeSpan.FromSeconds(1),
    };

    private readonly List<SinkHarness<(string Key, int Value)>> _writers = [];
    private readonly StackExchangeRedisConnections _connections;

    private Rig(RedisServer server, RedisClientOptions options)
    {
        Server = server;
        _connections = new StackExchangeRedisConnections(options, TimeProvider.System, Logs);
    }

    public RedisServer Server { get; }

    /// <summary>A connection for the test's own commands.</summary>
    public RespConnection Look { get; private set; } = null!;

    public RedisListener Listener { get; private set; } = null!;

    public LogCollector Logs { get; } = new();

    public IReadOnlyList<string> Warnings => Logs.Of(LogLevel.Warning);

    /// <summary>The number of ended outages in the log.</summary>
    public int Recoveries => Logs.Of(LogLevel.Information).Count(line => line.Contains("accepts writes again", StringComparison.Ordinal));

    public static async Task<Rig> StartAsync(RedisClientOptions? options = null, params string[] arguments)
    {
        Rig rig = new(await RedisServer.StartAsync(arguments), options ?? new RedisClientOptions());
        await rig.ReconnectAsync();
        return rig;
    }

    /// <summary>Reopens the test's own connections, after the server was killed.</summary>
    public async Task ReconnectAsync()
    {
        Look = await Server.ConnectAsync();
        Listener = await RedisListener.StartAsync(Server, Channel);
    }

    /// <summary>Creates a writer without opening it.</summary>
    public SinkHarness<(string Key, int Value)> Create(
        RedisSinkOptions? options = null, SinkHarnessTask? task = null, int valueBytes = 0, string? address = null)
    {
        RedisSinkOptions all = (options ?? new RedisSinkOptions()) with
        {
            Address = address ?? Server.Address,
            Channel = Channel,
        };
        string filler = new(' ', valueBytes);
        SinkHarness<(string Key, int Value)> writer = new(
            rows => rows.ToRedis(
                "results", all, row => new RedisUpsert(Text.From(row.Key), Text.From($"{row.Value}{filler}"), Text.From($"{row.Key}={row.Value}"))),
            task ?? SinkHarnessTask.New(),
            TimeProvider.System,
            _connections);
        _writers.Add(writer);
        return writer;
    }

    public async Task<SinkHarness<(string Key, int Value)>> OpenAsync(
        RedisSinkOptions? options = null, SinkHarnessTask? task = null, int valueBytes = 0, string? address = null)
    {
        SinkHarness<(string Key, int Value)> writer = Create(options, task, valueBytes, address);
        await writer.OpenAsync();
        return writer;
    }

    public async Task<int?> GetAsync(string key) =>
        await Look.TextAsync("GET", key) is { } value ? int.Parse(value, NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) : null;

    /// <summary>Asserts that each key has its newest number, that its last message is equal, and that its messages never decrease.</summary>
    public async Task AssertOrderAsync(IReadOnlyDictionary<string, int> newest)
    {
        foreach ((string key, int value) in newest)
        {
            Assert.Equal((key, value), (key, await GetAsync(key)));
            await Wait.UntilAsync($"the last message of {key}", () => Numbers(key).LastOrDefault() == value);
            int[] numbers = Numbers(key);
            Assert.Equal(numbers.Order(), numbers);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SinkHarness<(string Key, int Value)> writer in _writers)
        {
            await writer.DisposeAsync();
        }

        Assert.Equal(0, _connections.Count);
        await Listener.DisposeAsync();
        await Look.DisposeAsync();
        await Server.DisposeAsync();
    }

    private int[] Numbers(string key) =>
        [
            .. Listener.Messages.Where(message => message.StartsWith($"{key}=", StringComparison.Ordinal))
                .Select(message => int.Parse(message.AsSpan(key.Length + 1), CultureInfo.InvariantCulture))
        ];
}
