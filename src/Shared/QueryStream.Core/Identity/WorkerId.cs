namespace QueryStream.Core.Identity;

/// <summary>A worker (Flink's TaskManager): free text, unique in the cluster.</summary>
/// <param name="Name">What people see, for example <c>worker-1</c>.</param>
public readonly record struct WorkerId(string Name)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
