namespace QueryStream.Generators.Model;

/// <summary>The support of a type.</summary>
/// <param name="Problem">The reason why it is not supported; null if it is.</param>
/// <param name="IsKey">Whether values can be keys.</param>
/// <param name="IsJson">Whether values can be JSON.</param>
/// <param name="HoldsText">Whether values contain texts, which a kept key must copy.</param>
/// <param name="IsRecursive">Whether the type leads back to the inspected record.</param>
/// <param name="IsUnknown">Whether the type does not exist, which the compiler reports.</param>
internal readonly record struct TypeSupport(
    string? Problem, bool IsKey = false, bool IsJson = false, bool HoldsText = false, bool IsRecursive = false, bool IsUnknown = false)
{
    public bool IsSupported => Problem is null && !IsRecursive && !IsUnknown;

    public static TypeSupport Key { get; } = new(null, IsKey: true, IsJson: true);

    public static TypeSupport TextKey { get; } = new(null, IsKey: true, IsJson: true, HoldsText: true);

    public static TypeSupport Value { get; } = new(null, IsJson: true);

    public static TypeSupport No(string problem) => new(problem);

    /// <summary>The support of a composite of this and another type.</summary>
    public TypeSupport And(TypeSupport other) =>
        !IsSupported ? this
        : !other.IsSupported ? other
        : new TypeSupport(null, IsKey && other.IsKey, IsJson && other.IsJson, HoldsText || other.HoldsText);
}
