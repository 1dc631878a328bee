namespace QueryStream.Streams.Graph;

/// <summary>One way by which rows reach a node.</summary>
/// <param name="From">The output that they come from.</param>
/// <param name="Port">The input of the node that they reach: nodes with several typed inputs have several.</param>
/// <param name="Exchange">How they are spread over the subtasks.</param>
public sealed record NodeInput(NodeOutput From, int Port, Exchange Exchange);
