namespace QueryStream.Runtime.Tasks;

/// <summary>Carries what a connector reported from another thread into the task's turn, with its own stack trace inside.</summary>
/// <param name="cause">What the connector reported.</param>
internal sealed class ConnectorFailure(Exception cause) : Exception(cause.Message, cause);
