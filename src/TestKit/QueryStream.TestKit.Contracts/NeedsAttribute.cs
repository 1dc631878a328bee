namespace QueryStream.TestKit.Contracts;

/// <summary>Says what a class of contract tests needs from the machine. Asked at discovery.</summary>
[AttributeUsage(AttributeTargets.Class)]
public abstract class NeedsAttribute : Attribute
{
    /// <summary>Why the tests cannot run here; null where they can.</summary>
    public abstract string? MissingReason { get; }
}
