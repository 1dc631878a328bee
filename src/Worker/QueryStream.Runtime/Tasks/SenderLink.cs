namespace QueryStream.Runtime.Tasks;

/// <summary>By which channel a batch came to a task, and by which of its links.</summary>
/// <param name="Channel">The channel; -1: by none, the task reads a source.</param>
/// <param name="Link">The link.</param>
internal readonly record struct SenderLink(int Channel, int Link)
{
    /// <summary>No channel.</summary>
    public static readonly SenderLink None = new(-1, -1);
}
