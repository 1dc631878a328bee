namespace QueryStream.Streams.Graph;

/// <summary>How rows are spread over the subtasks of the next node.</summary>
public abstract class Exchange
{
    /// <summary>Subtask i sends to subtask i: no exchange, so that the nodes can be chained.</summary>
    public static Exchange Forward { get; } = new ForwardExchange();

    /// <summary>Every subtask gets all rows.</summary>
    public static Exchange Broadcast { get; } = new BroadcastExchange();

    /// <summary>As in Flink's plans: FORWARD, HASH, REBALANCE, BROADCAST, CUSTOM.</summary>
    public abstract string Strategy { get; }

    /// <summary>The layout of the key that rows go by; empty where they go by none.</summary>
    internal virtual string KeyLayout => "";

    private sealed class ForwardExchange : Exchange
    {
        public override string Strategy => "FORWARD";
    }

    private sealed class BroadcastExchange : Exchange
    {
        public override string Strategy => "BROADCAST";
    }
}
