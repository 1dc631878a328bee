namespace QueryStream.Jobs.QueryAnalytics.Generation;

/// <summary>The distribution of generated queries.</summary>
public enum QueryKind
{
    /// <summary>1,000 short queries with a skewed distribution; 10,000 users.</summary>
    Queries,

    /// <summary>20,000 longer queries, uniformly distributed, each by another user: nothing repeats often enough for caches to help.</summary>
    Distinct,
}
