using System.Globalization;
using QueryStream.Core.Texts;
using QueryStream.TestKit.Connectors;

namespace QueryStream.Connectors.Redis.Tests.Support;

/// <summary>A writer of numbers to keys. Message and value are equal.</summary>
internal sealed class WriterUnderTest : IAsyncDisposable
{
    private bool _isDisposed;

    public WriterUnderTest(IRedisConnections redis, TimeProvider time, RedisSinkOptions options, SinkHarnessTask? task = null) =>
        Harness = new SinkHarness<(string Key, int? Value)>(
            rows => rows.ToRedis("results", options with { Address = "here:6379", Channel = "updates" }, Make),
            task ?? SinkHarnessTask.New(),
            time,
            redis);

    public SinkHarness<(string Key, int? Value)> Harness { get; }

    public void Write(params (string Key, int? Value)[] rows) => Harness.Write(rows);

    public async ValueTask DisposeAsync()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            await Harness.DisposeAsync();
        }
    }

    private static RedisUpsert Make((string Key, int? Value) row) => new(
        Text.From(row.Key), Text.From(row.Value?.ToString(CultureInfo.InvariantCulture)), Text.From($"{row.Key}={row.Value}"));
}
