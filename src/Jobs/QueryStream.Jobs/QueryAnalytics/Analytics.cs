using QueryStream.Connectors.Redis;
using QueryStream.Core.Keys;
using QueryStream.Streams;
using QueryStream.Streams.Windows;

namespace QueryStream.Jobs.QueryAnalytics;

/// <summary>What the ten analytics have in common: lateness and early results, counters, and the way to Redis.</summary>
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
    /// <param name="members">Writes group and metrics of one.</param>
    public void Publish<TKey, TOut>(string type, WindowStream<Query, TKey, TOut> results, Action<ResultWriter, WindowResult<TKey, TOut>> members) =>
        Publish(type, results, results.Late, members);

    /// <summary>The same, where the results were made of those of the windows.</summary>
    public void Publish<TKey, TOut>(
        string type, Stream<WindowResult<TKey, TOut>> results, Stream<Query> late, Action<ResultWriter, WindowResult<TKey, TOut>> members)
    {
        _late.Add(late);
        results
            .Count($"results.{type}", row => row.Pane == Pane.OnTime)
            .Count("updates", row => row.Pane != Pane.OnTime)
            .ToRedis(type, settings.Sink, row => Render(type, row, members));
    }

    /// <summary>Counts the queries that came too late for at least one window, each once.</summary>
    public void CountLate() => _late[0].Union([.. _late[1..]]).CountOnce("late", q => q.Position);

    private static RedisUpsert Render<TKey, TOut>(
        string type, in WindowResult<TKey, TOut> row, Action<ResultWriter, WindowResult<TKey, TOut>> members)
    {
        ResultWriter writer = ResultWriter.Begin(type, row.Window, row.Pane);
        members(writer, row);
        return writer.End();
    }
}
