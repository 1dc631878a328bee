using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Connectors.Redis;
using QueryStream.Core.Texts;
using QueryStream.TestKit.Connectors;

namespace QueryStream.Contracts.Redis.Tests;

/// <summary>A writer with a given address and password.</summary>
internal sealed class SingleWriter : IAsyncDisposable
{
    private readonly SinkHarness<string> _harness;

    public SingleWriter(string address, string? password = null)
    {
        StackExchangeRedisConnections connections = new(Rig.Impatient with { Password = password }, TimeProvider.System, NullLoggerFactory.Instance);
        RedisSinkOptions options = new() { Address = address, StartTimeout = TimeSpan.FromSeconds(2) };
        _harness = new SinkHarness<string>(
            rows => rows.ToRedis("results", options, row => new RedisUpsert(Text.From(row), Text.From(row), default)),
            SinkHarnessTask.New(),
            TimeProvider.System,
            connections);
    }

    public Task OpenAsync() => _harness.OpenAsync();

    public Task WriteAsync(string row)
    {
        _harness.Write(row);
        return _harness.FlushAsync();
    }

    public ValueTask DisposeAsync() => _harness.DisposeAsync();
}
