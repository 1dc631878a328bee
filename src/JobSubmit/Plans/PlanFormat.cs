namespace QueryStream.JobSubmit.Plans;

/// <summary>How a plan is printed.</summary>
internal enum PlanFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>One JSON object.</summary>
    Json,

    /// <summary>A Mermaid diagram.</summary>
    Mermaid,
}
