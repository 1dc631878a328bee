using QueryStream.Connectors.Redis;
using QueryStream.Core.Keys;
using QueryStream.Streams;
using QueryStream.Streams.Windows;

namespace QueryStream.Jobs.QueryAnalytics;

/// <summary>What the ten analytics share: lateness, early results, counters, and the Redis sink.</summary>
/// <param name="settings">The settings.</param>
internal sealed class Analytics(QueryAnalyticsSettings settings)
{
    private readonly List<Stream<Query>> _late = [];

    /// <summary>The windows of an analytic.</summary>
    public WindowedStream<Query, TKey> Window<TKey>(string type, KeyedStream<Query, TKey> queries, TimeSpan size) =>
        queries.Window(Tumbling.Of(size)).Lateness(settings.Lateness).Early(settings.EarlyResults).Named(type);

    /// <summary>The windows of an analytic over all queries together.</summary>
    public WindowedStream<Query, Unit> Window(string type, Stream<Query> queries, TimeSpan size) =>
        Window(type, queries.KeyBy(_ => default(Unit)), size);

    /// <summary>Counts and writes the results of an analytic.</summary>
    /// <param name="type">The analytic.</param>
    /// <param name="results">Its results.</param>
    /// <param name="key">Adds the group to the key in Redis.</param>
    /// <param name="value">Creates the value.</param>
    public void Publish<TKey, TOut, TResult>(
        string type,
        WindowStream<Query, TKey, TOut> results,
        Action<ResultKey, TKey> key,
        Func<ResultHead, WindowResult<TKey, TOut>, TResult> value) => Publish(type, results, results.Late, key, value);

    /// <summary>Counts and writes the results of an analytic that are derived from those of its windows.</summary>
    public void Publish<TKey, TOut, TResult>(
        string type,
        Stream<WindowResult<TKey, TOut>> results,
        Stream<Query> late,
        Action<ResultKey, TKey> key,
        Func<ResultHead, WindowResult<TKey, TOut>, TResult> value)
    {
        _late.Add(late);
        results
            .Count($"results.{type}", row => row.Pane == Pane.OnTime)
            .Count("updates", row => row.Pane != Pane.OnTime)
            .ToRedis(type, settings.Sink, row =>
            {
                ResultHead head = ResultHead.Of(type, row.Window, row.Pane);
                ResultEncoder<TResult> encoder = ResultEncoder<TResult>.Current;
                key(encoder.Key.Begin(type), row.Key);
                return encoder.Encode(head, value(head, row));
            });
    }

    /// <summary>Counts the queries that came too late for at least one window, each once.</summary>
    public void CountLate() => _late[0].Union([.. _late[1..]]).CountOnce("late", q => q.Position);
}
