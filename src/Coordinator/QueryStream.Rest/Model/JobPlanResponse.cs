using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary><c>GET /jobs/ID/plan</c>.</summary>
/// <param name="Plan">The job's graph.</param>
public sealed record JobPlanResponse([property: JsonPropertyName("plan")] JobPlan Plan);

/// <summary>The graph of a job.</summary>
public sealed record JobPlan
{
    /// <summary>The job's id.</summary>
    [JsonPropertyName("jid")]
    public string Id { get; init; } = "";

    /// <summary>The job's name.</summary>
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";

    /// <summary>Always STREAMING.</summary>
    [JsonPropertyName("type")]
    public string Type { get; init; } = "STREAMING";

    /// <summary>Its vertices, those without successors first, as Flink's.</summary>
    [JsonPropertyName("nodes")]
    public IReadOnlyList<JobPlanNode> Nodes { get; init; } = [];
}

/// <summary>A vertex in a plan.</summary>
public sealed record JobPlanNode
{
    /// <summary>Its id.</summary>
    [JsonPropertyName("id")]
    public string Id { get; init; } = "";

    /// <summary>The number of subtasks.</summary>
    [JsonPropertyName("parallelism")]
    public int Parallelism { get; init; }

    /// <summary>Empty, as Flink's.</summary>
    [JsonPropertyName("operator")]
    public string Operator { get; init; } = "";

    /// <summary>Empty, as Flink's.</summary>
    [JsonPropertyName("operator_strategy")]
    public string OperatorStrategy { get; init; } = "";

    /// <summary>Its operators, each followed by <c>&lt;br/&gt;</c>, as Flink writes them.</summary>
    [JsonPropertyName("description")]
    public string Description { get; init; } = "";

    /// <summary>Where its rows come from; left out for a source.</summary>
    [JsonPropertyName("inputs")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<JobPlanInput>? Inputs { get; init; }

    /// <summary>Empty, as Flink's.</summary>
    [JsonPropertyName("optimizer_properties")]
    public EmptyResponse OptimizerProperties { get; init; } = new();
}

/// <summary>An input of a vertex in a plan.</summary>
public sealed record JobPlanInput
{
    /// <summary>Its index.</summary>
    [JsonPropertyName("num")]
    public int Number { get; init; }

    /// <summary>The vertex that sends.</summary>
    [JsonPropertyName("id")]
    public string Id { get; init; } = "";

    /// <summary>FORWARD, HASH, REBALANCE, BROADCAST or CUSTOM.</summary>
    [JsonPropertyName("ship_strategy")]
    public string ShipStrategy { get; init; } = "";

    /// <summary>Always pipelined_bounded.</summary>
    [JsonPropertyName("exchange")]
    public string Exchange { get; init; } = "pipelined_bounded";
}
