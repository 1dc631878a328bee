namespace QueryStream.Runtime.Operators.Windows.Aligned;

/// <summary>What is noted of a key in a slice.</summary>
[Flags]
internal enum SliceFlags : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It has changed since the last early results.</summary>
    Changed = 1,

    /// <summary>It has changed since the last results, and a window with this slice has closed.</summary>
    Late = 2,

    /// <summary>With <see cref="Late"/>: it was not there before.</summary>
    New = 4,
}
