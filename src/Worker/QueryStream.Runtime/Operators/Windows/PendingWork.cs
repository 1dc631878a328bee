using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators.Windows;

/// <summary>What a window operator still has to do, in order.</summary>
/// <param name="Kind">What.</param>
/// <param name="Control">Of <see cref="WorkKind.Control"/>: the element.</param>
internal readonly record struct PendingWork(WorkKind Kind, Control Control = default)
{
    /// <summary>Hands on an element, behind the results that it makes due.</summary>
    public static PendingWork Of(in Control control) => new(WorkKind.Control, control);
}
