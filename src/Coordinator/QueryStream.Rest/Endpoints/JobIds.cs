using System.Globalization;
using Microsoft.AspNetCore.Http;
using QueryStream.Coordinator;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Rest.Endpoints;

/// <summary>The ids in paths.</summary>
internal static class JobIds
{
    private const int Digits = 32;

    /// <summary>The job of a request.</summary>
    /// <exception cref="RestException">The id is malformed, or there is no such job.</exception>
    public static JobHandle Find(HttpContext context, CoordinatorNode coordinator)
    {
        string text = (string)context.Request.RouteValues["jobid"]!;
        return TryParse(text, out UInt128 value)
            ? coordinator.Find(new JobId(value)) ?? throw new RestException(
                404,
                $"Job {text} not found. GET /jobs/overview lists the jobs that run and the last {ClusterOverview.MaxEndedJobs} that have ended.",
                ErrorCode.JobNotFound)
            : throw new RestException(400, $"'{text}' is not the id of a job: 32 hexadecimal digits.");
    }

    /// <summary>Parses 32 hexadecimal digits.</summary>
    public static bool TryParse(string text, out UInt128 value)
    {
        value = default;
        return text.Length == Digits && UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
