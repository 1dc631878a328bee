namespace QueryStream.Runtime.Tests.Properties;

/// <summary>The parallelisms that every operator is tested with: constant ones, and moves between them.</summary>
internal static class Parallelisms
{
    public static TheoryData<int[]> All => new([[1], [2], [3], [7], [1, 4, 3], [3, 1, 7], [2, 2, 2, 2]]);
}
