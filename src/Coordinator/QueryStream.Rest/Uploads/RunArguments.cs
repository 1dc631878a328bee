using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using QueryStream.Rest.Model;

namespace QueryStream.Rest.Uploads;

/// <summary>Turns what Flink's clients send to run an upload into a submission.</summary>
internal static partial class RunArguments
{
    /// <summary>The submission of a job of an upload.</summary>
    /// <exception cref="RestException">A value is not allowed, or it is not clear which class is meant.</exception>
    public static SubmitRequest ToSubmission(Upload upload, RunUploadRequest request)
    {
        if (request.JobId is not null)
        {
            throw new RestException(400, "'jobId' must be left out: the cluster chooses the ids of jobs. A name makes a job unique ('ifAbsent').");
        }

        return new SubmitRequest
        {
            Bundle = upload.Bundle.ToString(),
            EntryClass = ClassOf(upload, request.EntryClass),
            Name = request.Name,
            Settings = SettingsOf(request),
            Parallelism = request.Parallelism,
            FlinkConfiguration = request.FlinkConfiguration,
            SavepointPath = request.SavepointPath,
            AllowNonRestoredState = request.AllowNonRestoredState ?? false,
            IfAbsent = request.IfAbsent,
        };
    }

    /// <summary>A request with what its query says where its body says nothing. Flink's web page sends both.</summary>
    /// <exception cref="RestException">A value of the query is malformed.</exception>
    public static RunUploadRequest WithQuery(RunUploadRequest request, IQueryCollection query) => request with
    {
        EntryClass = request.EntryClass ?? Text(query, "entry-class"),
        ProgramArgs = request.ProgramArgs ?? (request.ProgramArgsList is null ? Text(query, "program-args") : null),
        ProgramArgsList = request.ProgramArgsList ?? (request.ProgramArgs is null ? Text(query, "programArg")?.Split(',') : null),
        SavepointPath = request.SavepointPath ?? Text(query, "savepointPath"),
        Parallelism = request.Parallelism ?? Parse(query, "parallelism", "a whole number", static text =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : (int?)null),
        AllowNonRestoredState = request.AllowNonRestoredState ?? Parse(query, "allowNonRestoredState", "true or false", static text =>
            bool.TryParse(text, out bool flag) ? flag : (bool?)null),
    };

    private static string? Text(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } text ? text : null;

    private static T? Parse<T>(IQueryCollection query, string name, string expected, Func<string, T?> parse)
        where T : struct =>
        Text(query, name) is not { } text ? null
        : parse(text) ?? throw new RestException(400, $"'{name}' of the query must be {expected}, and is '{text}'.");

    private static string ClassOf(Upload upload, string? given) =>
        !string.IsNullOrEmpty(given) ? given
        : upload.Classes.Count == 1 ? upload.Classes[0]
        : throw new RestException(
            400, $"'{upload.Name}' has {upload.Classes.Count} jobs: choose one with 'entryClass': {string.Join(", ", upload.Classes)}.")
        {
            Field = "entryClass",
        };

    private static Dictionary<string, string> SettingsOf(RunUploadRequest request)
    {
        if (request.ProgramArgs is not null && request.ProgramArgsList is not null)
        {
            throw new RestException(400, "'programArgs' and 'programArgsList' mean the same: set one of them.");
        }

        Dictionary<string, string> settings = new(request.Settings ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        foreach (string argument in request.ProgramArgsList ?? Split(request.ProgramArgs ?? ""))
        {
            int equals = argument?.IndexOf('=', StringComparison.Ordinal) ?? -1;
            if (equals < 1)
            {
                throw Wrong($"The argument '{argument}' is not of the form name=value: arguments are the settings of the job.");
            }

            if (!settings.TryAdd(argument![..equals], argument[(equals + 1)..]))
            {
                throw Wrong($"The setting '{argument[..equals]}' is given twice.");
            }
        }

        return settings;
    }

    private static RestException Wrong(string problem) => new(400, problem) { Field = "programArgs" };

    private static IReadOnlyList<string> Split(string arguments) =>
        [.. Arguments().Matches(arguments).Select(match => match.Value.Replace("\"", "", StringComparison.Ordinal))];

    // Blanks separate, except between quotes.
    [GeneratedRegex("(?:[^\\s\"]|\"[^\"]*\"?)+", RegexOptions.NonBacktracking)]
    private static partial Regex Arguments();
}
