using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;

namespace QueryStream.JobSubmit.Plans;

/// <summary>A plan as one JSON object.</summary>
internal static class PlanJson
{
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The whole plan.</summary>
    public static string Of(JobPlanView plan)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, Options))
        {
            JobGraph graph = plan.Graph;
            json.WriteStartObject();
            json.WriteString("name", graph.Name);
            json.WriteNumber("key_groups", graph.KeyGroups);
            json.WriteString("fingerprint", graph.Fingerprint);
            json.WriteObjects("vertices", graph.Vertices, WriteVertex);
            json.WriteObjects("edges", graph.Edges, WriteEdge);
            json.WriteObjects("settings", plan.Settings, WriteSetting);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static void WriteVertex(Utf8JsonWriter json, JobVertex vertex)
    {
        json.WriteString("id", vertex.Id.ToString());
        json.WriteString("name", vertex.Name);
        json.WriteNumber("parallelism", vertex.Parallelism);
        json.WriteObjects("operators", vertex.Nodes, WriteOperator);
    }

    private static void WriteOperator(Utf8JsonWriter json, StreamNode node)
    {
        json.WriteString("id", node.Id.ToString());
        json.WriteString("name", node.Name);
        json.WriteString("kind", node.Kind);
        json.WriteBoolean("is_named", node.HasExplicitName);
        json.WriteObjects("state", node.DescribeState(), static (json, state) =>
        {
            json.WriteString("name", state.Name);
            json.WriteString("kind", state.Kind);
        });
    }

    private static void WriteEdge(Utf8JsonWriter json, JobEdge edge)
    {
        json.WriteString("from", edge.From.Id.ToString());
        json.WriteString("to", edge.To.Id.ToString());
        json.WriteString("strategy", JobPlanView.StrategyOf(edge));
    }

    private static void WriteSetting(Utf8JsonWriter json, SettingInfo setting)
    {
        json.WriteString("name", setting.Name);
        json.WriteString("default", setting.Default);
        json.WriteString("description", setting.Description);
    }
}
