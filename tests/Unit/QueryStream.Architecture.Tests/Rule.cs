namespace QueryStream.Architecture.Tests;

/// <summary>What tests of rules assert.</summary>
internal static class Rule
{
    /// <summary>Fails with all places that break a rule, one a line.</summary>
    public static void IsBrokenNowhere(IEnumerable<string> places)
    {
        string[] broken = [.. places];
        Assert.True(broken.Length == 0, string.Join('\n', broken.Prepend("The rule is broken by:")));
    }
}
