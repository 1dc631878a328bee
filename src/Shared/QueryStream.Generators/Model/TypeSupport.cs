namespace QueryStream.Generators.Model;

/// <summary>What can be done with values of a type.</summary>
/// <param name="Problem">Why nothing can be done; null if something can.</param>
/// <param name="IsKey">Whether they can be keys.</param>
/// <param name="IsJson">Whether they can be JSON.</param>
/// <param name="HoldsText">Whether they hold texts, which a kept key must own.</param>
/// <param name="IsRecursive">Whether the type leads back to the record that is looked at.</param>
/// <param name="IsUnknown">Whether the compiler itself does not know the type, and says so.</param>
internal readonly record struct TypeSupport(
    string? Problem, bool IsKey = false, bool IsJson = false, bool HoldsText = false, bool IsRecursive = false, bool IsUnknown = false)
{
    public bool IsGood => Problem is null && !IsRecursive && !IsUnknown;

    public static TypeSupport Key { get; } = new(null, IsKey: true, IsJson: true);

    public static TypeSupport TextKey { get; } = new(null, IsKey: true, IsJson: true, HoldsText: true);

    public static TypeSupport Value { get; } = new(null, IsJson: true);

    public static TypeSupport No(string problem) => new(problem);

    /// <summary>What a composite can, if it can by itself what <paramref name="other"/> can.</summary>
    public TypeSupport And(TypeSupport other) =>
        !IsGood ? this
        : !other.IsGood ? other
        : new TypeSupport(null, IsKey && other.IsKey, IsJson && other.IsJson, HoldsText || other.HoldsText);
}
