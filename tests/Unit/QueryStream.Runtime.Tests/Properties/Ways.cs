namespace QueryStream.Runtime.Tests.Properties;

/// <summary>The parallelisms that every operator is tried with: one that stays, and moves from one to another.</summary>
internal static class Ways
{
    public static TheoryData<int[]> All => new([[1], [2], [3], [7], [1, 4, 3], [3, 1, 7], [2, 2, 2, 2]]);
}
