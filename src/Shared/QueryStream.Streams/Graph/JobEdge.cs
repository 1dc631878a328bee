namespace QueryStream.Streams.Graph;

/// <summary>
/// All that flows from one vertex to another, by one channel for each pair of subtasks that talk. Its links share the channels, so
/// that a watermark is sent once and rows of one link do not overtake it on another.
/// </summary>
/// <param name="Index">Its place in the graph.</param>
/// <param name="From">The vertex that sends.</param>
/// <param name="To">The vertex that receives.</param>
/// <param name="Links">Which outputs feed which ports of the receiver's head.</param>
public sealed record JobEdge(int Index, JobVertex From, JobVertex To, IReadOnlyList<NodeInput> Links)
{
    /// <summary>Whether subtask i sends to subtask i only.</summary>
    public bool IsForward => Links.All(link => link.Exchange == Exchange.Forward);
}
