namespace QueryStream.QueryAnalytics.Tests;

/// <summary>A test with data on servers of its own; skipped with the reason where they cannot be started.</summary>
public sealed class ServersTheoryAttribute : TheoryAttribute
{
    public ServersTheoryAttribute() => Skip = Servers.MissingReason;
}
