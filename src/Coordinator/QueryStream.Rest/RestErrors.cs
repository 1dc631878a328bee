using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QueryStream.Coordinator;
using QueryStream.Core.Errors;
using QueryStream.Rest.Model;

namespace QueryStream.Rest;

/// <summary>Turns exceptions into answers.</summary>
internal static class RestErrors
{
    /// <summary>The top of a request: every failure becomes an answer.</summary>
    public static async Task CatchAsync(HttpContext context, Func<Task> answer)
    {
        try
        {
            await answer().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; there is nobody to answer.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            if (StatusOf(e) == 500)
            {
                Log.RequestFailed(LogOf(context), e, context.Request.Method, context.Request.Path);
            }

            await WriteAsync(context, e).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Half an answer must not look like a whole one.
            Log.RequestFailed(LogOf(context), e, context.Request.Method, context.Request.Path);
            context.Abort();
        }
    }

    /// <summary>Writes an error.</summary>
    public static Task WriteAsync(HttpContext context, Exception failure)
    {
        int status = StatusOf(failure);
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        ErrorCode code = failure switch
        {
            QueryStreamException known => known.Code,
            ObjectDisposedException => ErrorCode.ServiceUnavailable,
            BadHttpRequestException or OperationCanceledException => ErrorCode.ServiceRefused,
            _ => ErrorCode.Defect,
        };
        string message = failure switch
        {
            QueryStreamException or BadHttpRequestException => failure.Message,
            ObjectDisposedException => "The coordinator is stopping.",
            OperationCanceledException => "The job was cancelled before it had its slots.",
            _ => string.Create(CultureInfo.InvariantCulture, $"Unexpected: {failure.GetType().Name}: {failure.Message}"),
        };
        return RestJson.WriteAsync(context, new ErrorResponse([message]) { Code = code.ToString() }, RestJson.Default.ErrorResponse, status);
    }

    private static int StatusOf(Exception failure) => failure switch
    {
        RestException rest => rest.Status,
        BlobException { IsTooLarge: true } => 413,
        StateQueryException { IsMissing: true } => 404,
        BadHttpRequestException bad => bad.StatusCode,
        ObjectDisposedException => 503,
        OperationCanceledException or RescaleRefusedException { Code: ErrorCode.ServiceRefused } => 409,
        QueryStreamException known => known.Code switch
        {
            ErrorCode.NotEnoughSlots or ErrorCode.ServiceUnavailable or ErrorCode.StateUnavailable => 503,
            ErrorCode.Defect => 500,
            _ => 400,
        },
        _ => 500,
    };

    private static ILogger LogOf(HttpContext context) => context.RequestServices.GetRequiredService<ILogger<RestOptions>>();
}
