namespace QueryStream.Rest.Views;

/// <summary>Times as Flink writes them.</summary>
internal static class Times
{
    /// <summary>Milliseconds since the epoch; -1 for one that is not known yet.</summary>
    public static long Of(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds() ?? -1;
}
