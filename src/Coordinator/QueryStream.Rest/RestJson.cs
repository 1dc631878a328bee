using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using QueryStream.Rest.Model;

namespace QueryStream.Rest;

/// <summary>The JSON of all requests and answers, for servers and clients.</summary>
[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ErrorResponse))]
[JsonSerializable(typeof(OverviewResponse))]
[JsonSerializable(typeof(ConfigResponse))]
[JsonSerializable(typeof(JobsResponse))]
[JsonSerializable(typeof(JobsOverviewResponse))]
[JsonSerializable(typeof(JobDetailsResponse))]
[JsonSerializable(typeof(JobStatusResponse))]
[JsonSerializable(typeof(JobPlanResponse))]
[JsonSerializable(typeof(JobEventsResponse))]
[JsonSerializable(typeof(JobExceptionsResponse))]
[JsonSerializable(typeof(DiagnosisResponse))]
[JsonSerializable(typeof(ThreadDumpResponse))]
[JsonSerializable(typeof(CheckpointsResponse))]
[JsonSerializable(typeof(CheckpointDetails))]
[JsonSerializable(typeof(VertexCheckpointResponse))]
[JsonSerializable(typeof(CheckpointConfigResponse))]
[JsonSerializable(typeof(JobConfigResponse))]
[JsonSerializable(typeof(ExecutionResultResponse))]
[JsonSerializable(typeof(JobAccumulatorsResponse))]
[JsonSerializable(typeof(VertexAccumulatorsResponse))]
[JsonSerializable(typeof(SubtasksAccumulatorsResponse))]
[JsonSerializable(typeof(SubtaskAccumulators))]
[JsonSerializable(typeof(Dictionary<string, VertexRequirements>))]
[JsonSerializable(typeof(IReadOnlyList<SettingDetails>))]
[JsonSerializable(typeof(EnvironmentResponse))]
[JsonSerializable(typeof(WorkersResponse))]
[JsonSerializable(typeof(WorkerDetails))]
[JsonSerializable(typeof(LogsResponse))]
[JsonSerializable(typeof(VertexResponse))]
[JsonSerializable(typeof(SubtaskDetails))]
[JsonSerializable(typeof(SubtaskTimesResponse))]
[JsonSerializable(typeof(VertexWorkersResponse))]
[JsonSerializable(typeof(BackPressureResponse))]
[JsonSerializable(typeof(IReadOnlyList<MetricDetails>))]
[JsonSerializable(typeof(IReadOnlyList<AggregatedMetric>))]
[JsonSerializable(typeof(KeyStateResponse))]
[JsonSerializable(typeof(JobShardsResponse))]
[JsonSerializable(typeof(EmptyResponse))]
[JsonSerializable(typeof(DisposalRequest))]
[JsonSerializable(typeof(JarsResponse))]
[JsonSerializable(typeof(UploadResponse))]
[JsonSerializable(typeof(RunUploadRequest))]
[JsonSerializable(typeof(SubmitRequest))]
[JsonSerializable(typeof(SubmitResponse))]
[JsonSerializable(typeof(SavepointRequest))]
[JsonSerializable(typeof(StopRequest))]
[JsonSerializable(typeof(TriggerResponse))]
[JsonSerializable(typeof(RescaleResponse))]
[JsonSerializable(typeof(SavepointStatusResponse))]
public sealed partial class RestJson : JsonSerializerContext
{
    /// <summary>The JSON of a value, with names and messages as they are.</summary>
    public static string ToText<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.Serialize(value, Readable.TypeOf(type));

    /// <summary>Writes an answer.</summary>
    public static Task WriteAsync<T>(HttpContext context, T answer, JsonTypeInfo<T> type, int status = 200) =>
        WriteBytesAsync(context, JsonSerializer.SerializeToUtf8Bytes(answer, Readable.TypeOf(type)), status);

    /// <summary>Writes an answer, of a type of this context.</summary>
    internal static Task WriteAsync<T>(HttpContext context, T answer, int status) =>
        WriteBytesAsync(context, JsonSerializer.SerializeToUtf8Bytes(answer, Readable.TypeOf<T>()), status);

    /// <summary>Writes JSON.</summary>
    internal static async Task WriteBytesAsync(HttpContext context, byte[] bytes, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=UTF-8";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
    }

    // Names and messages in every language stay readable: the answers are JSON and never part of a page. A class of its own, since the fields that
    // the generator adds to this one may be initialized later.
    private static class Readable
    {
        private static readonly JsonSerializerOptions Options = new(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

        public static JsonTypeInfo<T> TypeOf<T>(JsonTypeInfo<T> type) => (JsonTypeInfo<T>)Options.GetTypeInfo(type.Type);

        public static JsonTypeInfo<T> TypeOf<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));
    }
}
