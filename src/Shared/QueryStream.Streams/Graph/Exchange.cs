namespace QueryStream.Streams.Graph;

/// <summary>How rows are spread over the subtasks of the next node.</summary>
public abstract class Exchange
{
    /// <summary>Subtask i sends to subtask i: no exchange, so that the nodes can be chained.</summary>
    public static Exchange Forward { get; } = new ForwardExchange();

    /// <summary>As in Flink's plans: FORWARD, HASH.</summary>
    public abstract string Strategy { get; }

    private sealed class ForwardExchange : Exchange
    {
        public override string Strategy => "FORWARD";
    }
}
