package io.packcache.examples.cli;

import io.packcache.stream.session.GenerationException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import reactor.core.Exceptions;

/**
 * Turns failures into one sentence on standard error and exit code 2.
 *
 * <p>What the user can put right (a bad option, file, prompt or setting) is a sentence; anything else is our own error
 * and keeps its stack trace, so that it can be reported.
 */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {

    @Override
    public int handleParseException(ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("packcache: " + failure.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(failure, err)) {
            err.println("packcache: '" + command.getCommandSpec().qualifiedName() + " --help' lists the options");
        }
        return 2;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        String sentence = sentence(Exceptions.unwrap(failure));
        if (sentence == null) {
            err.println("packcache: an error of Packcache itself; please report it with the trace below");
            failure.printStackTrace(err);
        } else {
            err.println("packcache: " + sentence);
        }
        return 2;
    }

    /** The sentence for a failure the user can put right, or null. */
    private static String sentence(Throwable failure) {
        if (failure instanceof FileAlreadyExistsException exists) {
            return exists.getFile() + " exists; --overwrite replaces it";
        }
        if (failure instanceof NoSuchFileException missing) {
            return "there is no file " + missing.getFile();
        }
        if (failure instanceof AccessDeniedException denied) {
            return denied.getFile() + " may not be read or written by this user";
        }
        if (failure instanceof FileSystemException system && system.getReason() != null) {
            return system.getFile() + ": " + system.getReason();
        }
        if (failure instanceof UncheckedIOException || failure instanceof GenerationException) {
            return sentence(failure.getCause()) == null ? null : failure.getMessage();
        }
        boolean ours = failure instanceof UserError
                || failure instanceof IllegalArgumentException
                || failure instanceof IOException
                || failure.getClass().getName().startsWith("io.packcache.");
        return ours && failure.getMessage() != null ? failure.getMessage() : null;
    }
}
