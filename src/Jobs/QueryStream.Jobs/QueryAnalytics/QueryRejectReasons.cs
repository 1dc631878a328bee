namespace QueryStream.Jobs.QueryAnalytics;

/// <summary>The reasons of dead letters, in addition to those of JSON and of the Kafka source.</summary>
internal static class QueryRejectReasons
{
    /// <summary>The timestamp cannot be parsed.</summary>
    public const string BadTimestamp = "bad-timestamp";

    /// <summary>The query is missing, or empty after normalization.</summary>
    public const string EmptyQuery = "empty-query";
}
