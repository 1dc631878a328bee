namespace QueryStream.Runtime.Tasks;

/// <summary>Carries what a connector reported from another thread into the task's turn, with its own stack trace inside.</summary>
/// <param name="operatorName">Whose connector it is.</param>
/// <param name="cause">What the connector reported.</param>
internal sealed class ConnectorFailure(string operatorName, Exception cause) : Exception(cause.Message, cause)
{
    /// <summary>Whose connector it is.</summary>
    public string OperatorName { get; } = operatorName;
}
