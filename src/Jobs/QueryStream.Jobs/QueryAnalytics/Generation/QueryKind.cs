namespace QueryStream.Jobs.QueryAnalytics.Generation;

/// <summary>How generated queries are distributed.</summary>
public enum QueryKind
{
    /// <summary>1,000 short queries, few of them asked by most; 10,000 users.</summary>
    Queries,

    /// <summary>20,000 longer queries, all alike; each of another user: nothing repeats enough to be worth remembering.</summary>
    Distinct,
}
