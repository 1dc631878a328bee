namespace QueryStream.Jobs.QueryAnalytics;

/// <summary>Why an event becomes a dead letter, beside the reasons of JSON and of the Kafka source.</summary>
internal static class QueryRejectReasons
{
    /// <summary>The time cannot be read.</summary>
    public const string BadTimestamp = "bad-timestamp";

    /// <summary>There is no query, or nothing of it is left after normalization.</summary>
    public const string EmptyQuery = "empty-query";
}
