using QueryStream.Core.Time;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>What a job made of a scenario.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="Rows">In order of arrival, with their event times.</param>
/// <param name="DeadLetters">The engine's own counter.</param>
internal sealed record MovedRun<T>(IReadOnlyList<(T Row, EventTime Time)> Rows, long DeadLetters)
{
    /// <summary>The rows as texts, in an order that does not depend on the order of arrival.</summary>
    public List<string> Sorted => [.. Rows.Select(row => $"{row.Row} @{row.Time.Milliseconds}").Order(StringComparer.Ordinal)];
}
