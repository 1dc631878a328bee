namespace QueryStream.Jobs.QueryAnalytics;

/// <summary>Why an event cannot become a <see cref="Query"/>: the names under which dead letters are counted, beside those of the Kafka source.</summary>
internal static class RejectReasons
{
    /// <summary>The value is not UTF-8.</summary>
    public const string InvalidUtf8 = "invalid-utf8";

    /// <summary>The value is not JSON, not an object, or a member holds half a surrogate pair.</summary>
    public const string MalformedJson = "malformed-json";

    /// <summary>A member is of a type that it cannot have.</summary>
    public const string WrongType = "wrong-type";

    /// <summary>The time cannot be read.</summary>
    public const string BadTimestamp = "bad-timestamp";

    /// <summary>There is no query, or nothing of it is left after normalization.</summary>
    public const string EmptyQuery = "empty-query";
}
