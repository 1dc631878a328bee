namespace QueryStream.QueryAnalytics.Tests;

/// <summary>A test on servers of its own; skipped with the reason where they cannot be started.</summary>
public sealed class ServersFactAttribute : FactAttribute
{
    public ServersFactAttribute() => Skip = Servers.MissingReason;
}
